import { Button, makeStyles, tokens, Toolbar, ToolbarDivider, ToolbarRadioButton, ToolbarRadioGroup } from '@fluentui/react-components';
import { ZoomInRegular } from '@fluentui/react-icons/svg/zoom-in';
import { ZoomOutRegular } from '@fluentui/react-icons/svg/zoom-out';
import type { ReactNode } from 'react';
import { categoryColors } from './category-colors.ts';
import { categoryNames, flowCategories, type FlowCategory } from './flow-category.ts';

const useStyles = makeStyles({
  bar: { display: 'flex', flexWrap: 'wrap', gap: '8px 16px', alignItems: 'center', justifyContent: 'space-between' },
  group: { display: 'flex', flexWrap: 'wrap', gap: '6px', alignItems: 'center' },
  dot: { width: '9px', height: '9px', borderRadius: '50%', display: 'inline-block' },
  toolbar: { padding: 0 },
  off: { color: tokens.colorNeutralForegroundDisabled },
});

export type FlowPresentation = 'ladder' | 'table';
/** Which part of the call is shown: all of it, until a moment after media began, or its last moments. */
export type FlowPart = 'all' | 'setup' | 'end';

export interface FlowToolbarProps {
  readonly presentation: FlowPresentation;
  readonly onPresentation: (presentation: FlowPresentation) => void;
  readonly part: FlowPart | 'custom';
  readonly onPart: (part: FlowPart) => void;
  readonly hidden: ReadonlySet<FlowCategory>;
  readonly onToggle: (category: FlowCategory) => void;
  /** Only `category` is shown; everything again when that is so already. */
  readonly onOnly: (category: FlowCategory) => void;
  readonly counts: ReadonlyMap<FlowCategory, number>;
  readonly onZoom: (step: 1 | -1) => void;
}

/** Ladder or table, which kinds, which part, how large. */
export function FlowToolbar({ presentation, onPresentation, part, onPart, hidden, onToggle, onOnly, counts, onZoom }: FlowToolbarProps): ReactNode {
  const styles = useStyles();
  const isSipAlone = isAlone('sip', hidden, counts);
  return (
    <div className={`${styles.bar} no-print`}>
      <div className={styles.group} role="group" aria-label="Kinds shown">
        {flowCategories.filter((category) => counts.has(category)).map((category) => (
          <Button
            key={category} size="small" shape="circular" appearance={hidden.has(category) ? 'subtle' : 'secondary'} aria-pressed={!hidden.has(category)} className={hidden.has(category) ? styles.off : ''}
            onClick={() => onToggle(category)} icon={<span className={styles.dot} style={{ backgroundColor: hidden.has(category) ? 'currentColor' : categoryColors[category] }} />}
          >
            {categoryNames[category]} {counts.get(category)}
          </Button>
        ))}
        {counts.has('sip') ? <Button size="small" shape="circular" appearance={isSipAlone ? 'primary' : 'secondary'} aria-pressed={isSipAlone} onClick={() => onOnly('sip')}>SIP only</Button> : null}
      </div>
      <div className={styles.group}>
        <Toolbar
          size="small" className={styles.toolbar} aria-label="Presentation" checkedValues={{ presentation: [presentation], part: [part] }}
          onCheckedValueChange={(_, { name, checkedItems: [item] }) => (name === 'part' ? onPart((item ?? 'all') as FlowPart) : onPresentation((item ?? 'ladder') as FlowPresentation))}
        >
          <ToolbarRadioGroup aria-label="Part of the call">
            <ToolbarRadioButton name="part" value="all">All</ToolbarRadioButton>
            <ToolbarRadioButton name="part" value="setup">Set-up</ToolbarRadioButton>
            <ToolbarRadioButton name="part" value="end">End</ToolbarRadioButton>
          </ToolbarRadioGroup>
          <ToolbarDivider />
          <ToolbarRadioGroup aria-label="Ladder or table">
            <ToolbarRadioButton name="presentation" value="ladder">Ladder</ToolbarRadioButton>
            <ToolbarRadioButton name="presentation" value="table">Table</ToolbarRadioButton>
          </ToolbarRadioGroup>
        </Toolbar>
        <span>
          <Button size="small" appearance="subtle" icon={<ZoomOutRegular />} aria-label="Smaller rows" disabled={presentation === 'table'} onClick={() => onZoom(-1)} />
          <Button size="small" appearance="subtle" icon={<ZoomInRegular />} aria-label="Larger rows" disabled={presentation === 'table'} onClick={() => onZoom(1)} />
        </span>
      </div>
    </div>
  );
}

/** Whether nothing but `category` is shown. */
export function isAlone(category: FlowCategory, hidden: ReadonlySet<FlowCategory>, counts: ReadonlyMap<FlowCategory, number>): boolean {
  return !hidden.has(category) && [...counts.keys()].every((other) => other === category || hidden.has(other));
}
