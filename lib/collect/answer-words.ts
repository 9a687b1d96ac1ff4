import type { Fields } from '../policy/fields.ts';
import type { AwsCall } from './aws-call.ts';

/** The place of an answer, as its file is named: `us-east-1/ec2.describe-image-attribute.ami-1`. */
export function answerPlace(name: string, region: string | null, argument: string | undefined): string {
  return `${region === null ? '' : `${region}/`}${name}${argument === undefined ? '' : `.${argument}`}`;
}

export function foreign(call: AwsCall, region: string | null, argument: string | undefined): string {
  const keys = call.holds === undefined ? call.lists : [call.holds];
  const shape = keys.length > 0 ? `an object with ${quotedKeys(keys)}` : 'an object';
  return `the answer is not ${shape}: write it again ${wayToWrite(call, region, argument)}`;
}

export const quotedKeys = (keys: readonly string[]): string => keys.map((key) => `\`${key}\``).join(', ');

/** Says what cannot be known without the call. */
export const notKnown = (call: AwsCall): string => `not known, or not all of it: ${call.purpose}`;

const MARKERS = ['NextToken', 'nextToken', 'Marker', 'NextMarker'] as const;

/** Null: there is no sign that more follows. Some programs write `IsTruncated` as text. */
export function signOfMore(fields: Fields): string | null {
  if (String(fields.IsTruncated).toLowerCase() === 'true') return '`IsTruncated` is true';
  const marker = MARKERS.find((key) => typeof fields[key] === 'string' && fields[key] !== '');
  return marker === undefined ? null : `it has a \`${marker}\``;
}

/**
 * The sign that an answer is only the first page. The CLI joins pages and leaves no such marker.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
export function cutOff(fields: Fields, call: AwsCall): string | null {
  const said = signOfMore(fields);
  if (said === null) return null;
  return `the answer is cut off (${said}); ${notKnown(call)}: write it again without \`--max-items\` and \`--no-paginate\``;
}

/** Guardrails have no command of their own. */
const wayToWrite = (call: AwsCall, region: string | null, argument: string | undefined): string =>
  call.operation === 'effective-policies'
    ? 'as docs/input-folder.md says'
    : `with \`${commandOf(call, region, argument)}\``;

/** The command that writes the answer as a file. */
function commandOf(call: AwsCall, region: string | null, argument: string | undefined): string {
  const options = argument === undefined ? call.options : call.options.replace('<argument>', argument);
  const parts = ['aws', call.service, call.operation, options, region === null ? '' : `--region ${region}`];
  return `${parts.filter((part) => part !== '').join(' ')} --output json`;
}
