import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';

const useStyles = makeStyles({
  text: {
    margin: 0, padding: '12px', borderRadius: tokens.borderRadiusMedium, backgroundColor: tokens.colorNeutralBackground3, fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase300, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', overflowY: 'auto', outlineOffset: '2px',
  },
  /** A line that is wrapped goes on further in, so that one sees where the next one begins. */
  line: { minHeight: tokens.lineHeightBase300, paddingLeft: '16px', textIndent: '-16px' },
  alone: { backgroundColor: tokens.colorBrandBackground2, boxShadow: `-4px 0 0 ${tokens.colorBrandBackground2}, 4px 0 0 ${tokens.colorBrandBackground2}` },
});

interface SipTextProps {
  readonly label: string;
  readonly text: string;
  /** Lines that this text does not have are marked. */
  readonly comparedWith?: string | undefined;
  readonly className?: string;
}

/** A SIP message as it stood on the wire, line by line. */
export function SipText({ label, text, comparedWith, className }: SipTextProps): ReactNode {
  const styles = useStyles();
  const others = comparedWith === undefined ? undefined : new Set(linesOf(comparedWith));
  return (
    <div className={mergeClasses(styles.text, className)} role="region" aria-label={label}>
      {numbered(linesOf(text)).map(({ line, number }) => <div key={number} className={mergeClasses(styles.line, line !== '' && others?.has(line) === false && styles.alone)}>{line}</div>)}
    </div>
  );
}

const numbered = (lines: readonly string[]): ReadonlyArray<{ readonly line: string; readonly number: number }> => lines.map((line, index) => ({ line, number: index + 1 }));

const linesOf = (text: string): readonly string[] => text.trimEnd().split(/\r?\n/);
