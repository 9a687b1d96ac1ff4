/** The parts of `arn:partition:service:region:account:resource`; the resource keeps its colons. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html; null when it is no ARN. */
export function parseArn(text: string): Arn | null {
  const parts = splitArn(text);
  if (!parts) return null;
  const [, partition, service, region, account, resource] = parts as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return { partition, service, region, account, resource };
}

/** The six colon parts of an ARN, the sixth with its colons; null if it is not one. */
export function splitArn(text: string): readonly string[] | null {
  const parts = text.split(':');
  if (parts[0] !== 'arn' || parts.length < 6) return null;
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
