import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useEffect, useRef, type ReactNode } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useAppearance } from '../theme/use-appearance.tsx';

const useStyles = makeStyles({
  root: { padding: '12px', borderRadius: tokens.borderRadiusLarge, border: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground1, minWidth: 0 },
  head: { display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', gap: '4px 12px', marginBottom: '8px' },
  legend: { display: 'flex', gap: '12px', fontSize: tokens.fontSizeBase200 },
});

interface TimeChartProps {
  readonly title: string;
  readonly unit: string;
  /** Epoch seconds, ascending. */
  readonly seconds: readonly number[];
  /** `color` is a theme token (`var(--…)`); a null value is a gap. */
  readonly series: ReadonlyArray<{ readonly name: string; readonly color: string; readonly values: ReadonlyArray<number | null> }>;
}

const height = 150;

/** Lines over time. The newest values stand in the legend, so that nothing is told by the picture alone. */
export function TimeChart({ title, unit, seconds, series }: TimeChartProps): ReactNode {
  const styles = useStyles();
  const { isDark } = useAppearance();
  return (
    <figure className={styles.root} style={{ margin: 0 }}>
      <figcaption className={styles.head}>
        <Text weight="semibold">{title}</Text>
        <span className={styles.legend}>
          {series.map(({ name, color, values }) => <span key={name} style={{ color }}>{name} {format(values.at(-1))} {unit}</span>)}
        </span>
      </figcaption>
      <Plot key={isDark ? 'dark' : 'light'} seconds={seconds} series={series} />
    </figure>
  );
}

/** The picture. A canvas cannot follow theme variables: it is made anew when the theme changes. */
function Plot({ seconds, series }: Pick<TimeChartProps, 'seconds' | 'series'>): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(undefined);
  const data = [seconds, ...series.map(({ values }) => values)] as unknown as UPlot.AlignedData;
  const newest = useRef(data);
  const colors = series.map(({ color }) => color).join(' ');

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const resolve = (token: string): string => getComputedStyle(element).getPropertyValue(token.replace(/^var\(|\)$/g, '')).trim();
    const axis = { stroke: resolve(tokens.colorNeutralForeground3), grid: { stroke: resolve(tokens.colorNeutralStroke3), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
    const plot = new UPlot({
      width: element.clientWidth, height, padding: [8, 28, 0, 0], legend: { show: false }, cursor: { y: false },
      scales: { y: { range: (_, __, max) => [0, Math.max(1, (max ?? 1) * 1.15)] } },
      axes: [{ ...axis, space: 84, size: 24, values: (_, splits) => splits.map(clockTime) }, { ...axis, size: 44, space: 28 }],
      series: [{}, ...colors.split(' ').map((color) => ({ stroke: resolve(color), width: 1.75, points: { show: false } }))],
    }, newest.current, element);
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = undefined;
    };
  }, [colors]);

  useEffect(() => {
    newest.current = data;
    chart.current?.setData(data);
  });

  return <div ref={place} aria-hidden="true" />;
}

const clockTime = (seconds: number): string => new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

const format = (value: number | null | undefined): string => (value === null || value === undefined ? '–' : value >= 10 ? String(Math.round(value)) : value.toFixed(1));
