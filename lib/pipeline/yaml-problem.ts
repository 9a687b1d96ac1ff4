import type { Document } from 'yaml';
import { plain } from '../policy/quoted.ts';

/** Why and where a text is not YAML; null: it is. */
export function yamlProblem({ errors: [error] }: Pick<Document.Parsed, 'errors'>): string | null {
  if (!error) return null;
  const [at] = error.linePos ?? [];
  const where = at ? ` at line ${at.line}, column ${at.col}` : '';
  return `it is not YAML${where}: ${plain(firstLine(error.message))}`;
}

const firstLine = (message: string): string => (message.split('\n')[0] ?? '').replace(/ at line \d+.*$/, '');
