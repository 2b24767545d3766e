import { Field, Input } from '@fluentui/react-components';
import type { DirectoryEntry } from '@dialplane/calling-api';
import { useId, type ReactNode } from 'react';
import { namedPeople } from './named-people.ts';

interface PeopleFieldProps {
  readonly label: string;
  readonly className: string;
  readonly directory: readonly DirectoryEntry[];
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Names of people, offered while one types. */
export function PeopleField({ label, className, directory, text, onChange }: PeopleFieldProps): ReactNode {
  const listId = useId();
  const named = namedPeople(text, directory);
  return (
    <>
      <Field label={label} className={className} {...(named.ok ? {} : { validationState: 'warning', validationMessage: `Nobody here is called “${named.nobody}”.` })}>
        <Input value={text} list={listId} autoComplete="off" onChange={(_, { value }) => onChange(value)} />
      </Field>
      <datalist id={listId}>{directory.map(({ identifier, displayName }) => <option key={identifier} value={displayName}>{displayName}</option>)}</datalist>
    </>
  );
}
