import { Option } from 'commander';

/** The option `--in` of every verb that asks an audit; `LATCHKEY_IN` stands for it. */
export function inOption(description: string): Option {
  const option = new Option('--in <dir>', description).makeOptionMandatory();
  // an empty variable is none
  return process.env.LATCHKEY_IN === '' ? option : option.env('LATCHKEY_IN');
}

export const LATEST_ANSWERS = 'the folder that `scan --out` wrote; its latest run answers';
