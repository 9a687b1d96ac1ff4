/** One console for all regions of the partition; the commercial partition also has one per region. */
const HOSTS: ReadonlyMap<string, string> = new Map([
  ['aws-us-gov', 'console.amazonaws-us-gov.com'],
  ['aws-cn', 'console.amazonaws.cn'],
]);

/** The start of a link to an object in the S3 console; its key is appended. */
export function s3ConsoleLink(partition: string, region: string, bucket: string): string {
  const host = HOSTS.get(partition) ?? `${region}.console.aws.amazon.com`;
  return `https://${host}/s3/object/${bucket}?region=${region}&prefix=`;
}
