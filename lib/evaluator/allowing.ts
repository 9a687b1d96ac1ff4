import { parsePolicy } from '../policy/document.ts';
import { type CompiledPolicy, compilePolicy } from './compile.ts';

/** An identity policy of one statement, which allows these actions on a resource without conditions. */
export function allowing(
  name: string,
  action: string | readonly string[],
  resource: string = '*',
): CompiledPolicy {
  const statement = { Effect: 'Allow', Action: action, Resource: resource };
  const document = parsePolicy({ Version: '2012-10-17', Statement: statement }, 'identity');
  return compilePolicy(document, name, 'identity');
}
