import type { AdvancedFilter, DirectoryEntry, EventFilter } from '@dialplane/calling-api';
import { nameInDirectory, namedPeople } from '../telephony/named-people.ts';

/** Which calls somebody wants an application told of, while it is typed. `other` is a filter that the API was given and this page has no fields for. */
export type FilterDraft =
  | { readonly kind: 'all' }
  /** Names, separated by commas: who is called, or who calls. */
  | { readonly kind: 'to' | 'from'; readonly names: string }
  | { readonly kind: 'subject'; readonly beginsWith: string; readonly endsWith: string }
  | { readonly kind: 'other'; readonly filter: EventFilter };

const keys = { to: 'data.to.rawId', from: 'data.from.rawId' } as const;

/** The draft that stands for a filter. */
export function draftOf(filter: EventFilter | undefined, directory: readonly DirectoryEntry[]): FilterDraft {
  const { subjectBeginsWith, subjectEndsWith, isSubjectCaseSensitive, advancedFilters = [] } = filter ?? {};
  const isBySubject = subjectBeginsWith !== undefined || subjectEndsWith !== undefined;
  if (filter === undefined || (!isBySubject && advancedFilters.length === 0)) return { kind: 'all' };
  if (isBySubject && advancedFilters.length === 0 && isSubjectCaseSensitive !== true) return { kind: 'subject', beginsWith: subjectBeginsWith ?? '', endsWith: subjectEndsWith ?? '' };
  const [only, ...more] = advancedFilters;
  const kind = only?.key === keys.to ? 'to' : only?.key === keys.from ? 'from' : undefined;
  if (isBySubject || only?.operatorType !== 'StringIn' || more.length > 0 || kind === undefined) return { kind: 'other', filter };
  return { kind, names: only.values.map((identifier) => (directory.some((entry) => entry.identifier === identifier) ? nameInDirectory(identifier, directory) : identifier)).join(', ') };
}

/** The filter that a draft stands for: every call is `{}`. `undefined` while the draft is not complete. */
export function filterOf(draft: FilterDraft, directory: readonly DirectoryEntry[]): EventFilter | undefined {
  switch (draft.kind) {
    case 'all':
      return {};
    case 'to':
    case 'from': {
      const named = namedPeople(draft.names, directory);
      if (!named.ok || named.identifiers.length === 0) return undefined;
      return { advancedFilters: [{ operatorType: 'StringIn', key: keys[draft.kind], values: [...named.identifiers] }] };
    }
    case 'subject': {
      const [beginsWith, endsWith] = [draft.beginsWith.trim(), draft.endsWith.trim()];
      if (beginsWith === '' && endsWith === '') return undefined;
      return { ...(beginsWith !== '' && { subjectBeginsWith: beginsWith }), ...(endsWith !== '' && { subjectEndsWith: endsWith }) };
    }
    case 'other':
      return draft.filter;
  }
}

/** Which calls pass a filter, in words: `calls to Bob, Carol`. */
export function filterText({ subjectBeginsWith, subjectEndsWith, isSubjectCaseSensitive, advancedFilters = [] }: EventFilter = {}, directory: readonly DirectoryEntry[]): string {
  const asWritten = isSubjectCaseSensitive === true ? ' (case counts)' : '';
  const conditions = [
    ...(subjectBeginsWith === undefined ? [] : [`whose subject begins with ${subjectBeginsWith}${asWritten}`]),
    ...(subjectEndsWith === undefined ? [] : [`whose subject ends with ${subjectEndsWith}${asWritten}`]),
    ...advancedFilters.map((each) => conditionText(each, directory)),
  ];
  return conditions.length === 0 ? 'every call' : `calls ${conditions.join(' and ')}`;
}

function conditionText({ operatorType, key, values }: AdvancedFilter, directory: readonly DirectoryEntry[]): string {
  const people = values.map((each) => nameInDirectory(each, directory)).join(', ');
  const not = operatorType === 'StringNotIn' ? 'not ' : '';
  if (operatorType === 'StringIn' || operatorType === 'StringNotIn') {
    if (key === keys.to) return `${not}to ${people}`;
    if (key === keys.from) return `${not}by ${people}`;
  }
  return `with ${operatorType} ${values.join(', ')} of ${key}`;
}
