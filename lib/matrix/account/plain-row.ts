import { remembered } from '../../memory/remembered.ts';
import type { RequestRow } from '../paths/access-path.ts';

const rows = new Map<string, RequestRow>();

/** The row of a request that sets no condition keys. Always the same object for an action, since rows are cache keys. */
export const plainRow = (action: string): RequestRow =>
  remembered(rows, action, () => ({ action, on: 'any' }));
