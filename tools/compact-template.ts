/**
 * CloudFormation takes 51,200 characters of template in a request; written with indentation ours is longer. This makes
 * `serverless package` write it without, as its option `--minify-template` does.
 */
export default class CompactTemplate {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(_serverless: unknown, options: Record<string, unknown>) {
    this.hooks = {
      'before:package:finalize': () => {
        options['minify-template'] = true;
      },
    };
  }
}
