import { DrawerBody, DrawerHeader, DrawerHeaderTitle, Button, makeStyles, OverlayDrawer, tokens } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import type { CallFlow } from '@dialplane/calling-api';
import { useMemo, useState, type ReactNode } from 'react';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { EventDetails } from './event-details.tsx';
import { categoryOf, type FlowCategory } from './flow-category.ts';
import { FlowOverview } from './flow-overview.tsx';
import { FlowTable } from './flow-table.tsx';
import { FlowToolbar, isAlone, type FlowPart, type FlowPresentation } from './flow-toolbar.tsx';
import { endWindow, setupWindow, type FlowWindow } from './flow-window.ts';
import { layoutLadder } from './ladder-layout.ts';
import { Ladder } from './ladder.tsx';
import { useSipMessages } from './use-sip-messages.ts';

const useStyles = makeStyles({
  root: { display: 'grid', gap: '12px' },
  columns: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 340px', gap: '16px', alignItems: 'start', '@media (max-width: 1023px)': { gridTemplateColumns: 'minmax(0, 1fr)' }, '@media print': { gridTemplateColumns: '1fr' } },
  details: { position: 'sticky', top: 0, padding: '16px', boxSizing: 'border-box', borderRadius: tokens.borderRadiusLarge, border: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground1 },
});

const rowHeights = [24, 32, 44] as const;

/** The ladder with everything to look closer: filter, part, zoom, and what was recorded of the chosen line. */
export function FlowExplorer({ flow }: { readonly flow: CallFlow }): ReactNode {
  const styles = useStyles();
  const isNarrow = useIsNarrow(1023);
  const [presentation, setPresentation] = useState<FlowPresentation>('ladder');
  const [hidden, setHidden] = useState<ReadonlySet<FlowCategory>>(new Set());
  const [part, setPart] = useState<FlowPart | 'custom'>('all');
  const [dragged, setDragged] = useState<FlowWindow>();
  const [zoom, setZoom] = useState(1);
  const [selected, setSelected] = useState<number>();
  const sipMessages = useSipMessages(flow);

  const counts = useMemo(() => new Map([...Map.groupBy(flow.events, ({ detail }) => categoryOf(detail.kind))].map(([category, events]) => [category, events.length])), [flow]);
  const windowMs = part === 'setup' ? setupWindow(flow) : part === 'end' ? endWindow(flow) : part === 'custom' ? dragged : undefined;
  const view = { hidden, rowHeight: rowHeights[zoom] ?? 32, ...(windowMs === undefined ? {} : { windowMs }) };
  const events = useMemo(() => {
    if (selected === undefined) return [];
    if (presentation === 'table') return flow.events.filter(({ sequence }) => sequence === selected);
    return layoutLadder(flow, { hidden, width: 0, rowHeight: 1 }).rows.find(({ events }) => events.some(({ sequence }) => sequence === selected))?.events ?? [];
  }, [flow, hidden, presentation, selected]);
  const details = <EventDetails flow={flow} events={events} sipMessages={sipMessages} />;

  return (
    <div className={styles.root}>
      <FlowToolbar
        presentation={presentation} onPresentation={setPresentation} part={part} onPart={setPart} hidden={hidden} counts={counts}
        onToggle={(category) => setHidden((old) => new Set(old.has(category) ? [...old].filter((other) => other !== category) : [...old, category]))}
        onOnly={(category) => setHidden(isAlone(category, hidden, counts) ? new Set() : new Set([...counts.keys()].filter((other) => other !== category)))}
        onZoom={(step) => setZoom((old) => Math.min(rowHeights.length - 1, Math.max(0, old + step)))}
      />
      <FlowOverview
        flow={flow} hidden={hidden} shown={windowMs}
        onSelect={(window) => {
          setDragged(window);
          setPart(window === undefined ? 'all' : 'custom');
        }}
      />
      <div className={styles.columns}>
        {presentation === 'ladder' ? (
          <Ladder flow={flow} view={view} selected={selected} onSelect={setSelected} />
        ) : <FlowTable flow={flow} hidden={hidden} selected={selected} onSelect={setSelected} />}
        {isNarrow ? null : <aside className={`${styles.details} no-print`} aria-label="Chosen line" aria-live="polite">{details}</aside>}
      </div>
      {isNarrow ? (
        <OverlayDrawer position="bottom" open={events.length > 0} onOpenChange={(_, { open }) => open || setSelected(undefined)} style={{ height: '62dvh' }}>
          <DrawerHeader>
            <DrawerHeaderTitle action={<Button appearance="subtle" aria-label="Close" icon={<DismissRegular />} onClick={() => setSelected(undefined)} />}>Chosen line</DrawerHeaderTitle>
          </DrawerHeader>
          <DrawerBody style={{ paddingBottom: 24 }}>{details}</DrawerBody>
        </OverlayDrawer>
      ) : null}
    </div>
  );
}
