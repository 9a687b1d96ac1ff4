/**
 * The template without indentation, as the framework's option `--minify-template` writes it: half the size to upload.
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
