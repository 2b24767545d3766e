import { Button, makeStyles, Popover, PopoverSurface, PopoverTrigger, Text } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import { useState, type ReactNode } from 'react';

const useStyles = makeStyles({ surface: { display: 'grid', gap: '12px', maxWidth: '280px' }, actions: { display: 'flex', gap: '8px' } });

interface ConfirmedDeleteProps {
  readonly name: string;
  /** What becomes of it, in a sentence. */
  readonly consequence: string;
  readonly onDelete: () => void;
}

/** Deletes after a second press: there is no way back. */
export function ConfirmedDelete({ name, consequence, onDelete }: ConfirmedDeleteProps): ReactNode {
  const styles = useStyles();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover open={isOpen} onOpenChange={(_, { open }) => setIsOpen(open)} trapFocus positioning="before" withArrow>
      <PopoverTrigger disableButtonEnhancement><Button size="small" icon={<DeleteRegular />} aria-label={`Delete ${name}`} /></PopoverTrigger>
      <PopoverSurface className={styles.surface} aria-label={`Delete ${name}?`}>
        <Text>{consequence}</Text>
        <span className={styles.actions}>
          <Button size="small" appearance="primary" onClick={() => { setIsOpen(false); onDelete(); }}>Delete</Button>
          <Button size="small" onClick={() => setIsOpen(false)}>Keep</Button>
        </span>
      </PopoverSurface>
    </Popover>
  );
}
