import { Button, Field, makeStyles, Persona, SearchBox, Text, tokens } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { VideoRegular } from '@fluentui/react-icons/svg/video';
import type { DirectoryEntry } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import { useQuery } from '../api/use-query.ts';
import { useCalling } from '../calling/calling-context.tsx';
import { useCommand } from '../calling/use-command.ts';
import { useSession } from '../session/use-session.tsx';
import { FailureBar } from '../shell/failure-bar.tsx';
import { typedIdentifier } from '../text/person.ts';

const useStyles = makeStyles({
  root: { display: 'grid', gap: '12px', gridTemplateColumns: 'minmax(0, 1fr)' },
  search: { maxWidth: 'none', width: '100%' },
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', borderRadius: tokens.borderRadiusLarge, border: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground1 },
  row: { display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: '12px', padding: '10px 16px', minHeight: '44px', '& + &': { borderTop: `1px solid ${tokens.colorNeutralStroke3}` } },
  person: { minWidth: 0, flexGrow: 1 },
  actions: { display: 'flex', gap: '8px', flexShrink: 0 },
  empty: { padding: '24px 16px', color: tokens.colorNeutralForeground3, textAlign: 'center' },
});

const refreshMs = 4000;

/** Find somebody by name, identifier or number, and call them with or without video. Enter calls who stands first. */
export function PeopleList(): ReactNode {
  const styles = useStyles();
  const { api, session } = useSession();
  const { startCall, isOnline } = useCalling();
  const run = useCommand();
  const [text, setText] = useState('');
  const query = text.trim();
  const directory = useQuery('directory', (signal) => api('listDirectory', {}, signal), { refreshMs });
  const typed = typedIdentifier(query);
  const everybody = (directory.value?.value ?? []).filter(({ identifier }) => identifier !== session?.identifier);
  const people = everybody.filter((person) => matches(person, query)).toSorted((a, b) => Number(b.isOnline) - Number(a.isOnline) || a.displayName.localeCompare(b.displayName));
  const rows: readonly DirectoryEntry[] = typed === undefined || people.some(({ identifier }) => identifier === typed) ? people : [{ identifier: typed, displayName: query, isOnline: false }, ...people];
  const [first] = rows;

  return (
    <div className={styles.root}>
      <Field label="Call a name, an identifier or a telephone number">
        <SearchBox
          className={styles.search} size="large" value={text} placeholder="Ada, 8:acs:…, +1 555 0100" onChange={(_, { value }) => setText(value)}
          onKeyDown={({ key }) => key === 'Enter' && query !== '' && first !== undefined && run(() => startCall(first.identifier, false))}
        />
      </Field>
      {directory.error === undefined ? null : <FailureBar error={directory.error} onRetry={directory.reload} />}
      <ul className={styles.list} aria-label="People">
        {rows.map((person) => (
          <li key={person.identifier} className={styles.row}>
            <Persona
              className={styles.person} name={person.displayName} avatar={{ color: 'colorful', idForColor: person.identifier, 'aria-hidden': true }} textAlignment="center"
              presence={{ status: person.isOnline ? 'available' : 'offline' }} secondaryText={person.identifier === typed ? 'Call this address' : person.isOnline ? 'Online' : 'Not signed in'}
            />
            <span className={styles.actions}>
              <Button icon={<CallRegular />} disabled={!isOnline} onClick={() => run(() => startCall(person.identifier, false))} aria-label={`Call ${person.displayName}`} title="Call" />
              <Button icon={<VideoRegular />} appearance="primary" disabled={!isOnline} onClick={() => run(() => startCall(person.identifier, true))} aria-label={`Call ${person.displayName} with video`} title="Call with video" />
            </span>
          </li>
        ))}
        {rows.length > 0 ? null : (
          <li className={styles.empty}>
            <Text>{everybody.length === 0 ? 'Nobody else has signed in yet. Open this address in a second window, or on another computer, and sign in with another name.' : `Nobody here is called “${query}”.`}</Text>
          </li>
        )}
      </ul>
    </div>
  );
}

const matches = ({ displayName, identifier }: DirectoryEntry, query: string): boolean =>
  query === '' || displayName.toLocaleLowerCase().includes(query.toLocaleLowerCase()) || identifier === query;
