import { Button, Field, Input, Select, Spinner, Text } from '@fluentui/react-components';
import type { DirectoryEntry, EventSubscription, OperationBody } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import { FailureBar } from '../shell/failure-bar.tsx';
import { useFormRow } from '../telephony/form-row.ts';
import { PeopleField } from '../telephony/people-field.tsx';
import { draftOf, filterOf, type FilterDraft } from './subscription-filter.ts';

/** Where a subscription stands between the press of the button and the webhook's word that it wants to be called. */
type Asking = { readonly kind: 'idle' } | { readonly kind: 'asking' } | { readonly kind: 'refused'; readonly error: unknown };

const kindTexts: Readonly<Record<FilterDraft['kind'], string>> = { all: 'Every call', to: 'Calls to some people', from: 'Calls by some people', subject: 'Calls by their subject', other: 'As the API was told' };
const begun: Readonly<Record<Exclude<FilterDraft['kind'], 'other'>, FilterDraft>> = { all: { kind: 'all' }, to: { kind: 'to', names: '' }, from: { kind: 'from', names: '' }, subject: { kind: 'subject', beginsWith: '', endsWith: '' } };
const isKind = (text: string): text is keyof typeof begun => Object.hasOwn(begun, text);

interface SubscriptionFormProps {
  /** The subscription that is changed; without one another is added. */
  readonly edited: EventSubscription | undefined;
  readonly directory: readonly DirectoryEntry[];
  /** Resolves once the webhook has said that it wants to be called and that is stored. */
  readonly onPut: (name: string, body: OperationBody<'putEventSubscription'>) => Promise<void>;
  /** Leaves the subscription as it was. */
  readonly onCancel: () => void;
}

/** Subscribes a webhook to calls, or changes where and of which calls it is told. */
export function SubscriptionForm({ edited, directory, onPut, onCancel }: SubscriptionFormProps): ReactNode {
  const { row, wide } = useFormRow();
  const [name, setName] = useState(edited?.name ?? '');
  const [url, setUrl] = useState(edited?.url ?? '');
  const [draft, setDraft] = useState(() => draftOf(edited?.filter, directory));
  const [asking, setAsking] = useState<Asking>({ kind: 'idle' });
  const filter = filterOf(draft, directory);
  const isNameWrong = name !== '' && !/^[A-Za-z0-9-]{3,64}$/.test(name);
  const isUrlWrong = url !== '' && !/^https?:\/\/./.test(url);
  const isReady = name !== '' && !isNameWrong && url !== '' && !isUrlWrong && filter !== undefined && asking.kind !== 'asking';
  const put = async (): Promise<void> => {
    if (!isReady) return;
    setAsking({ kind: 'asking' });
    try {
      await onPut(name, { url: url.trim(), filter, ...(edited?.isPaused === true && { isPaused: true }) });
      setName('');
      setUrl('');
      setAsking({ kind: 'idle' });
    } catch (error) {
      setAsking({ kind: 'refused', error });
    }
  };
  return (
    <>
      <div className={row} role="group" aria-label={edited === undefined ? 'New subscription' : `Change ${edited.name}`}>
        <Field label="Name" {...(isNameWrong ? { validationState: 'warning', validationMessage: 'Three letters, digits or hyphens at least' } : {})}><Input value={name} placeholder="reception" disabled={edited !== undefined} onChange={(_, { value }) => setName(value)} /></Field>
        <Field label="URL of the application’s webhook" className={wide} {...(isUrlWrong ? { validationState: 'warning', validationMessage: 'A URL begins with https://' } : {})}><Input type="url" value={url} placeholder="https://app.example.com/events" onChange={(_, { value }) => setUrl(value)} /></Field>
        <Field label="Is told of">
          <Select value={draft.kind} onChange={(_, { value }) => isKind(value) && setDraft(begun[value])}>
            {Object.entries(kindTexts).map(([kind, text]) => (kind === 'other' && draft.kind !== 'other' ? null : <option key={kind} value={kind}>{text}</option>))}
          </Select>
        </Field>
        {draft.kind === 'to' || draft.kind === 'from' ? <PeopleField label="Names, separated by commas" className={wide} directory={directory} text={draft.names} onChange={(names) => setDraft({ ...draft, names })} /> : null}
        {draft.kind === 'subject' ? (
          <>
            <Field label="Begins with" className={wide}><Input value={draft.beginsWith} placeholder="/caller/8:acs:…" onChange={(_, { value }) => setDraft({ ...draft, beginsWith: value })} /></Field>
            <Field label="Ends with" className={wide}><Input value={draft.endsWith} placeholder="/recipient/8:acs:…" onChange={(_, { value }) => setDraft({ ...draft, endsWith: value })} /></Field>
          </>
        ) : null}
        <Button appearance="primary" disabled={!isReady} onClick={() => void put()}>{edited === undefined ? 'Subscribe' : 'Change the subscription'}</Button>
        {edited === undefined ? null : <Button onClick={onCancel}>Leave it</Button>}
      </div>
      {draft.kind === 'subject' ? <Text size={200}>The subject of a call is /caller/ with the identifier of who calls, then /recipient/ with that of who is called. Event Grid compares its beginning and its end, whatever their case.</Text> : null}
      {asking.kind === 'asking' ? <Spinner size="tiny" style={{ justifySelf: 'start' }} role="status" label="Asking the webhook whether it wants to be called…" /> : null}
      {asking.kind === 'refused' ? <FailureBar error={asking.error} onRetry={() => void put()} /> : null}
    </>
  );
}
