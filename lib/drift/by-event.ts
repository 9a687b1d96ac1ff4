import type { ChangeEvent } from '../cloudtrail/change-event.ts';

/** The members of a cause that come from its event. */
export const byEvent = ({ eventId, eventName, actor, time, sourceIp }: ChangeEvent) => ({
  ...{ eventId, eventName, time },
  ...(actor === null ? {} : { actor }),
  ...(sourceIp === null ? {} : { sourceIp }),
});
