import data from './attachable-policies.json' with { type: 'json' };

/**
 * What each AWS managed policy says of the requests of access paths and escalations: its statements as JSON; an empty
 * text: nothing.
 */
export const ATTACHABLE_POLICIES: ReadonlyMap<string, string> = new Map(Object.entries(data.policies));
