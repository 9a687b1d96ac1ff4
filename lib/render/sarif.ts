/** The effect of planned changes on one place, for a code host to show beside it. */
export interface SarifResult {
  readonly rule: keyof typeof RULES;
  readonly baselineState: 'new' | 'absent' | 'unchanged';
  /** one sentence, its names escaped for one line of text */
  readonly message: string;
  readonly place: { readonly file: string; readonly line: number } | null;
  /** id of the policy; null: none is known */
  readonly policy: string | null;
  readonly fingerprint: string;
}

export interface SarifFile {
  readonly results: readonly SarifResult[];
  /** number of further results */
  readonly left: number;
}

const RULES = {
  'opens-root': {
    level: 'error',
    severity: '9.0',
    text: 'A planned change opens a way to root on an instance',
  },
  'opens-shell': {
    level: 'warning',
    severity: '7.0',
    text: 'A planned change opens a way to a shell on an instance',
  },
  'opens-access': {
    level: 'note',
    severity: '4.0',
    text: 'A planned change opens a way onto, or to control of, an instance',
  },
} as const;

const IDS = Object.keys(RULES) as readonly SarifResult['rule'][];

/** https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** A SARIF 2.1.0 log. `notes`: what the answer does not cover. */
export function sarifLog(
  { results, left }: SarifFile,
  { version, notes }: { readonly version: string; readonly notes: readonly string[] },
): object {
  const more = left === 0 ? [] : [`${left} more results are left out: the more severe ones are listed here`];
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Latchkey', version, rules: IDS.map(ruleOf) } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [...notes, ...more].map((text) => ({
              level: 'warning',
              message: messageOf(text),
            })),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: results.map(resultOf),
      },
    ],
  };
}

const ruleOf = (id: SarifResult['rule']): object => ({
  id,
  shortDescription: { text: RULES[id].text },
  defaultConfiguration: { level: RULES[id].level },
  properties: { 'security-severity': RULES[id].severity, tags: ['security'] },
});

const resultOf = ({ rule, baselineState, message, place, policy, fingerprint }: SarifResult): object => ({
  ruleId: rule,
  ruleIndex: IDS.indexOf(rule),
  level: RULES[rule].level,
  baselineState,
  message: messageOf(message),
  locations: [
    {
      ...(place && {
        physicalLocation: {
          artifactLocation: { uri: uriOf(place.file) },
          region: { startLine: place.line },
        },
      }),
      ...(policy !== null && { logicalLocations: [{ fullyQualifiedName: policy, kind: 'resource' }] }),
    },
  ],
  partialFingerprints: { 'latchkeyStatement/v1': fingerprint },
});

/** In a message brackets make links. */
const messageOf = (text: string) => ({ text: text.replace(/[[\]\\]/g, '\\$&') });

/** A relative path starts at the root of the sources, where the command was run. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}
