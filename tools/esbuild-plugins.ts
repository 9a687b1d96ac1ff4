import { readFile } from 'node:fs/promises';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Plugin } from 'esbuild';

const SCHEMAS = /@aws-sdk[\\/](?:client-|nested-clients).*[\\/]schemas_0\.js$/;
const CONSTANT = /^const (\w+) = ("[^"\n]*");$/gm;
const COMPUTED_KEY = /\[(\w+)\]:/g;
const REGISTERED_ERROR = /^n0_registry\.registerError\(.*\);$/gm;

/**
 * The AWS SDK writes the keys of its schemas as `[_name]: ...` with `_name` a constant string. esbuild assumes that
 * such a key has side effects, and so keeps every schema of a service, 500 kB for EC2 alone. With strings in place of
 * the constants it drops the schemas that are not used. This also drops the error classes of the service: an error then
 * has the service's general class, with the name that the adapters check.
 */
const neededSchemas: Plugin = {
  name: 'needed-schemas',
  setup(build) {
    build.onLoad({ filter: SCHEMAS }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const texts = new Map([...source.matchAll(CONSTANT)].map(([, name, text]) => [name, text]));
      const contents = source.replace(REGISTERED_ERROR, '').replace(COMPUTED_KEY, (key, name: string) => {
        const text = texts.get(name);
        return text === undefined ? key : `${text}:`;
      });
      return { contents, loader: 'js' };
    });
  },
};

/** In Lambda the credentials are in the environment: files, single sign-on and metadata services are not needed. */
const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[\\/]credential-provider-node[\\/]dist-es[\\/]index\.js$/ }, () => ({
      contents: `import { fromEnv } from '@aws-sdk/credential-provider-env';
        export const defaultProvider = (init) => fromEnv(init);`,
      loader: 'js',
    }));
  },
};

/** The facts about AWS's actions are large and unpack in a few milliseconds. */
const packedReference: Plugin = {
  name: 'packed-reference',
  setup(build) {
    build.onLoad({ filter: /[\\/]lib[\\/]reference[\\/].*\.json$/ }, async ({ path }) => {
      const text = JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
      const packed = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
      return {
        contents: `import { brotliDecompressSync } from 'node:zlib';
          export default JSON.parse(brotliDecompressSync(Buffer.from('${packed.toString('base64')}', 'base64')));`,
        loader: 'js',
      };
    });
  },
};

export default [neededSchemas, environmentCredentials, packedReference];
