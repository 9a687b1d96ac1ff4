/**
 * Tag keys that begin with `aws:` belong to AWS: nobody creates, changes or removes such a tag, on a
 * resource, a principal or a session. https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
 */
export function isReservedTag(key: string): boolean {
  return key.toLowerCase().startsWith('aws:');
}
