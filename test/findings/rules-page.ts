import type { Rule } from '../../lib/findings/rule.ts';

/** `docs/rules.md`: each rule in the words that findings use. `vitest run test/findings -u` writes it. */
export function rulesPage(rules: readonly Rule[]): string {
  const sorted = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return `# Finding rules

Each rule has a stable id, a base severity and a test case that fires it and one that does not. What moves the severity, and how rules become findings: [findings](findings.md). The words are those of the rules themselves (\`lib/findings/rules\`); \`npx vitest run test/findings -u\` writes this page.

| rule | base | what fires it |
|---|---|---|
${sorted.map(({ id, severity, fires }) => `| [\`${id}\`](#${id.toLowerCase()}) | ${severity} | ${fires} |`).join('\n')}

${sorted.map(section).join('\n')}`;
}

function section({ id, risk, verify, remediation, references }: Rule): string {
  const pages = references.length === 0 ? '' : `- Read: ${references.join(', ')}\n`;
  return `## ${id}

- Why: ${risk}
- Verify: ${verify}
- Fix: ${remediation}
${pages}`;
}
