/** The change of a resource cannot be derived from the plan; the message says why. */
export class NotRead extends Error {}
