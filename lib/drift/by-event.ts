import type { ChangeEvent } from '../cloudtrail/change-event.ts';

/** What a cause says of the event that brought it about. */
export const byEvent = ({ eventId, eventName, actor, time, sourceIp }: ChangeEvent) => ({
  ...{ eventId, eventName, time },
  ...(actor === null ? {} : { actor }),
  ...(sourceIp === null ? {} : { sourceIp }),
});
