import { conditionText, landsAsText } from '../lib/render/state-text.ts';
import type { HeldPath } from './engine/answers.ts';
import { principalName } from './names.ts';

/** The words after the name of a path: `as root, if signed in with MFA, via role/deploy`. */
export function wayText({ landsAs, verdict, condition, via, missing, uncertain }: HeldPath): string {
  const parts = [
    landsAs.length > 0 ? landsAsText(landsAs) : '',
    verdict === 'conditional' ? ifText(condition) : '',
    verdict === 'unknown' ? `unknown: ${missing ?? 'a call'} was not collected` : '',
    via.length > 0 ? `via ${via.map(principalName).join(' → ')}` : '',
    uncertain.length > 0 ? 'uncertain' : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const ifText = (condition: string | null): string =>
  condition === null ? conditionText(null) : condition.startsWith('if ') ? condition : `if ${condition}`;
