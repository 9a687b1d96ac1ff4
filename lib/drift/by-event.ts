import type { ChangeEvent } from '../cloudtrail/change-event.ts';

/** The members of a cause that come from its event. */
export const byEvent = ({ eventId, eventName, actor, session, time, sourceIp }: ChangeEvent) => ({
  ...{ eventId, eventName },
  ...(actor === null ? {} : { actor }),
  ...(session === null ? {} : { session }),
  time,
  ...(sourceIp === null ? {} : { sourceIp }),
});
