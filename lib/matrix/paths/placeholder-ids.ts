/** Parts of the ids of things that do not exist yet, or are not known. */
export const NEW_ID = '00000000000000000';
export const UUID = '00000000-0000-0000-0000-000000000000';
/** A name that no policy is likely to contain. */
export const NEW_NAME = `new-${NEW_ID}` as const;
