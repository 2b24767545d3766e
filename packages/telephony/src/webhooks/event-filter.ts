import type { OfferedCall } from '@dialplane/applications-api';
import { identifierModel, type AdvancedFilter, type EventFilter } from '@dialplane/calling-api';
import { incomingCallType, subjectOf } from './incoming-call-event.ts';

type Parties = Pick<OfferedCall, 'from' | 'to'>;

/** Whether an `IncomingCall` of this call passes (Event Grid, "Event filtering"): by how its subject begins and ends, and by every advanced filter. */
export function passes(filter: EventFilter = {}, call: Parties): boolean {
  const { subjectBeginsWith = '', subjectEndsWith = '', isSubjectCaseSensitive = false, advancedFilters = [] } = filter;
  const written = (text: string): string => (isSubjectCaseSensitive ? text : text.toLowerCase());
  const subject = written(subjectOf(call));
  return subject.startsWith(written(subjectBeginsWith)) && subject.endsWith(written(subjectEndsWith)) && advancedFilters.every((each) => holds(each, call));
}

/** Of a property that is not there a negated operator holds, and no other. */
function holds({ operatorType, key, values }: AdvancedFilter, call: Parties): boolean {
  const value = propertyOf(key, call)?.toLowerCase();
  const fitting = (fits: (text: string, given: string) => boolean): boolean => value !== undefined && values.some((given) => fits(value, given.toLowerCase()));
  switch (operatorType) {
    case 'StringIn':
      return fitting((text, given) => text === given);
    case 'StringNotIn':
      return !fitting((text, given) => text === given);
    case 'StringBeginsWith':
      return fitting((text, given) => text.startsWith(given));
    case 'StringNotBeginsWith':
      return !fitting((text, given) => text.startsWith(given));
    case 'StringEndsWith':
      return fitting((text, given) => text.endsWith(given));
    case 'StringNotEndsWith':
      return !fitting((text, given) => text.endsWith(given));
    case 'StringContains':
      return fitting((text, given) => text.includes(given));
    case 'StringNotContains':
      return !fitting((text, given) => text.includes(given));
  }
}

/** Text at a path of the event such as `data.to.rawId`; `undefined` where there is none. */
function propertyOf(key: string, call: Parties): string | undefined {
  let value: unknown = { subject: subjectOf(call), eventType: incomingCallType, data: { to: identifierModel(call.to), from: identifierModel(call.from) } };
  for (const name of key.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return typeof value === 'string' ? value : undefined;
}
