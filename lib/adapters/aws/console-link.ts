/** One console for all regions of the partition; the commercial one has one for each region, too. */
const HOSTS: ReadonlyMap<string, string> = new Map([
  ['aws-us-gov', 'console.amazonaws-us-gov.com'],
  ['aws-cn', 'console.amazonaws.cn'],
]);

/** What the key of an object is appended to, to make a link to it in the S3 console. */
export function s3ConsoleLink(partition: string, region: string, bucket: string): string {
  const host = HOSTS.get(partition) ?? `${region}.console.aws.amazon.com`;
  return `https://${host}/s3/object/${bucket}?region=${region}&prefix=`;
}
