import { Button, Field, Input, makeStyles, Text, tokens } from '@fluentui/react-components';
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team';
import { useState, type ReactNode } from 'react';
import { useCalling } from '../calling/calling-context.tsx';
import { useCommand } from '../calling/use-command.ts';
import { navigate } from '../routes/use-route.ts';
import { useServerInfo } from '../session/use-server-info.ts';
import { Section } from '../shell/page.tsx';
import { typedGroupId } from './group-link.ts';

const useStyles = makeStyles({
  row: { display: 'flex', flexWrap: 'wrap', gap: '12px', alignItems: 'end' },
  field: { flex: '1 1 280px', minWidth: 0 },
  hint: { color: tokens.colorNeutralForeground3 },
});

/** A call for many: a new one, or one whose link or id somebody has. */
export function GroupSection(): ReactNode {
  const styles = useStyles();
  const { join: joinCall, isOnline } = useCalling();
  const run = useCommand();
  const info = useServerInfo();
  const [text, setText] = useState('');
  const groupId = typedGroupId(text);
  const isUnread = text.trim() !== '' && groupId === undefined;
  const join = (): void => (groupId === undefined ? undefined : navigate({ screen: 'group', groupId }));
  return (
    <Section title="Group call">
      {info.value?.capabilities.mediaProcessor === false ? <Text className={styles.hint}>This server has no media processor, which group calls need; ./dialplane doctor says what is missing.</Text> : null}
      <div className={styles.row}>
        <Field className={styles.field} label="A link or a group id" {...(isUnread ? { validationMessage: 'There is no group id in this.', validationState: 'warning' } : {})}>
          <Input value={text} placeholder="https://… or 7f3b2a52-…" onChange={(_, { value }) => setText(value)} onKeyDown={({ key }) => key === 'Enter' && join()} />
        </Field>
        <Button disabled={groupId === undefined} onClick={join}>Join</Button>
        <Button appearance="primary" icon={<PeopleTeamRegular />} disabled={!isOnline} onClick={() => run(() => joinCall({ groupId: crypto.randomUUID() }, false))}>Start a group call</Button>
      </div>
    </Section>
  );
}
