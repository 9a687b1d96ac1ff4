export const ASSUME_ROLE = 'sts:assumerole';
/** A principal that may set session tags can assume more roles. */
const TAG_SESSION = 'sts:tagsession';
/** As for tags. */
const SET_SOURCE_IDENTITY = 'sts:setsourceidentity';

/** The actions for assuming a role, in lower case. */
export const ASSUMING: readonly string[] = [ASSUME_ROLE, TAG_SESSION, SET_SOURCE_IDENTITY];
