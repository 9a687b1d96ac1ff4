/** There is nothing to work on: the one error of the input that ends a run. The message is one line that says how to fix it. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
