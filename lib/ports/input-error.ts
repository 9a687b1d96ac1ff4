/** An unusable input: the one error that ends a run. The message is one line that says how to fix it. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
