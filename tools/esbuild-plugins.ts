import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const SCHEMAS = /@aws-sdk[\\/](?:client-|nested-clients).*[\\/]schemas_0\.js$/;
const CONSTANT = /^const (\w+) = ("[^"\n]*");$/gm;
const COMPUTED_KEY = /\[(\w+)\]:/g;

/**
 * The AWS SDK writes the keys of its schemas as `[_name]: ...` with `_name` a constant string. esbuild has to take
 * such a key for code with effects, and so keeps every schema of a service, 500 kB of EC2's alone. With the strings in
 * place of the constants it drops those that no call of ours needs.
 */
const literalSchemaKeys: Plugin = {
  name: 'literal-schema-keys',
  setup(build) {
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const constants = new Map([...source.matchAll(CONSTANT)].map(([, name, text]) => [name, text]));
      const contents = source.replace(COMPUTED_KEY, (key, name: string) => {
        const text = constants.get(name);
        return text === undefined ? key : `${text}:`;
      });
      return { contents, loader: 'js' };
    });
  },
};

export default [literalSchemaKeys];
