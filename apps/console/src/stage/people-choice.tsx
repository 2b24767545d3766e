import { Button, Field, makeStyles, Persona, SearchBox, Text, tokens } from '@fluentui/react-components';
import { PhoneRegular } from '@fluentui/react-icons/svg/phone';
import { useRef, useState, type ReactElement, type ReactNode } from 'react';
import { useQuery } from '../api/use-query.ts';
import { useSession } from '../session/use-session.tsx';
import { personName, typedIdentifier } from '../text/person.ts';

const useStyles = makeStyles({
  root: { display: 'grid', gap: '8px' },
  row: { display: 'flex', justifyContent: 'space-between', alignItems: 'center', gap: '8px' },
  hint: { color: tokens.colorNeutralForeground3 },
});

const refreshMs = 4000;
/** More than these are found by typing. */
const shownAtOnce = 6;

interface PeopleChoiceProps {
  readonly label: string;
  /** What is done with who is chosen: `Add`, `Transfer to`. */
  readonly verb: string;
  readonly icon: ReactElement;
  /** Raw identifiers of those who cannot be chosen. */
  readonly except: ReadonlySet<string>;
  readonly onChoose: (identifier: string) => void;
  /** Stands above a telephone that could be chosen. */
  readonly telephoneField?: ReactNode;
  /** Whether what a telephone takes has been given. Default true. */
  readonly isTelephoneReady?: boolean;
}

/** Somebody of the directory, found by name, or a telephone, by its number. */
export function PeopleChoice({ label, verb, icon, except, onChoose, telephoneField, isTelephoneReady = true }: PeopleChoiceProps): ReactNode {
  const styles = useStyles();
  const { api } = useSession();
  const [text, setText] = useState('');
  const root = useRef<HTMLDivElement>(null);
  const directory = useQuery('directory', (signal) => api('listDirectory', {}, signal), { refreshMs });
  const query = text.trim().toLocaleLowerCase();
  const typed = typedIdentifier(text);
  const telephone = typed?.startsWith('4:') === true && !except.has(typed) ? typed : undefined;
  const people = (directory.value?.value ?? []).filter(({ identifier, displayName, isOnline }) => !except.has(identifier) && (query === '' ? isOnline : displayName.toLocaleLowerCase().includes(query)));
  // The button that was pressed goes away with its row: the focus must not go with it.
  const choose = (identifier: string): void => {
    onChoose(identifier);
    setText('');
    root.current?.querySelector('input')?.focus();
  };
  const choice = (identifier: string, name: string, persona: ReactElement, isReady: boolean): ReactNode => (
    <div key={identifier} className={styles.row}>
      {persona}
      <Button size="small" icon={icon} aria-label={`${verb} ${name}`} disabled={!isReady} onClick={() => choose(identifier)}>{verb.split(' ')[0]}</Button>
    </div>
  );
  return (
    <div ref={root} className={styles.root}>
      <Field label={label}><SearchBox value={text} placeholder="Name or telephone number" onChange={(_, { value }) => setText(value)} /></Field>
      {telephone === undefined ? null : (
        <>
          {telephoneField}
          {choice(telephone, personName(telephone), <Persona name={personName(telephone)} size="small" avatar={{ icon: <PhoneRegular />, 'aria-hidden': true }} textAlignment="center" />, isTelephoneReady)}
        </>
      )}
      {people.slice(0, shownAtOnce).map(({ identifier, displayName, isOnline }) => choice(
        identifier, displayName, <Persona name={displayName} size="small" avatar={{ color: 'colorful', idForColor: identifier, 'aria-hidden': true }} presence={{ status: isOnline ? 'available' : 'offline' }} textAlignment="center" />, true,
      ))}
      {people.length === 0 && telephone === undefined ? <Text size={200} className={styles.hint}>{query === '' ? 'Nobody else is signed in.' : 'Nobody of that name is signed in who is not in the call.'}</Text> : null}
      {people.length > shownAtOnce ? <Text size={200} className={styles.hint}>{people.length - shownAtOnce} more: type a name.</Text> : null}
    </div>
  );
}
