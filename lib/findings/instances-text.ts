/** `1,204` */
export const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** So many of the account's instances: `812 of 1,204 instances`, `all 8 instances`, `the 1 instance`. */
export function instancesText(reached: number, all: number): string {
  if (all === 1 && reached === 1) return 'the 1 instance';
  return `${reached === all ? `all ${number(all)}` : `${number(reached)} of ${number(all)}`} instances`;
}
