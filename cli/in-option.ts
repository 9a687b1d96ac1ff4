import { Option } from 'commander';

/** The option `--in` of every verb that reads an audit; its default is `LATCHKEY_IN`. */
export function inOption(description: string): Option {
  const option = new Option('--in <dir>', description).makeOptionMandatory();
  // an empty variable counts as unset
  return process.env.LATCHKEY_IN === '' ? option : option.env('LATCHKEY_IN');
}

export const LATEST_ANSWERS = 'the folder that `scan --out` wrote; its latest run answers';
