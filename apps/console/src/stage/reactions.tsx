import { Features, type Call, type Reaction } from '@dialplane/calling';
import { makeStyles } from '@fluentui/react-components';
import type { FluentIcon } from '@fluentui/react-icons';
import { EmojiLaughFilled } from '@fluentui/react-icons/svg/emoji-laugh';
import { EmojiSparkleFilled } from '@fluentui/react-icons/svg/emoji-sparkle';
import { EmojiSurpriseFilled } from '@fluentui/react-icons/svg/emoji-surprise';
import { HeartFilled } from '@fluentui/react-icons/svg/heart';
import { ThumbLikeFilled } from '@fluentui/react-icons/svg/thumb-like';
import { useEffect, useState, type ReactNode } from 'react';
import { nameOf } from '../calling/identifier.ts';

/** The reactions there are, as signs with names. Icons, because not every computer has a typeface with emoji. */
export const reactionSigns: ReadonlyArray<{ readonly type: Reaction; readonly Sign: FluentIcon; readonly color: string; readonly name: string }> = [
  { type: 'like', Sign: ThumbLikeFilled, color: '#ffc83d', name: 'Like' },
  { type: 'heart', Sign: HeartFilled, color: '#f1707b', name: 'Heart' },
  { type: 'laugh', Sign: EmojiLaughFilled, color: '#ffc83d', name: 'Laugh' },
  { type: 'surprised', Sign: EmojiSurpriseFilled, color: '#ffc83d', name: 'Surprised' },
  { type: 'applause', Sign: EmojiSparkleFilled, color: '#ffc83d', name: 'Applause' },
];

const useStyles = makeStyles({
  layer: { position: 'absolute', left: '50%', bottom: '24px', pointerEvents: 'none', display: 'grid', gap: '4px', justifyItems: 'end' },
  sign: { animationName: { '0%': { transform: 'translateY(24px) scale(.6)', opacity: 0 }, '15%': { transform: 'none', opacity: 1 }, '80%': { opacity: 1 }, '100%': { transform: 'translateY(-60px)', opacity: 0 } }, animationDuration: '3s', animationFillMode: 'forwards' },
});

const shownMs = 3000;

/** Signs that rise and fade when somebody reacts; told to screen readers with the name. */
export function ReactionLayer({ call }: { readonly call: Call }): ReactNode {
  const styles = useStyles();
  const [shown, setShown] = useState<ReadonlyArray<{ readonly key: number; readonly sign: (typeof reactionSigns)[number]; readonly text: string }>>([]);
  useEffect(() => {
    const feature = call.feature(Features.Reaction);
    const timers = new Set<ReturnType<typeof setTimeout>>();
    let count = 0;
    const show = ({ identifier, reactionMessage }: Parameters<Parameters<typeof feature.on<'reaction'>>[1]>[0]): void => {
      const found = reactionSigns.find(({ type }) => type === reactionMessage.reactionType);
      if (found === undefined) return;
      count += 1;
      const key = count;
      const participant = call.remoteParticipants.find((other) => JSON.stringify(other.identifier) === JSON.stringify(identifier));
      setShown((old) => [...old.slice(-5), { key, sign: found, text: `${participant === undefined ? 'You' : nameOf(participant)}: ${found.name}` }]);
      timers.add(setTimeout(() => setShown((old) => old.filter((item) => item.key !== key)), shownMs));
    };
    feature.on('reaction', show);
    return () => {
      feature.off('reaction', show);
      timers.forEach(clearTimeout);
    };
  }, [call]);
  return (
    <div className={styles.layer} aria-live="polite">
      {shown.map(({ key, sign, text }) => <span key={key} className={styles.sign} role="img" aria-label={text}><sign.Sign fontSize={44} primaryFill={sign.color} /></span>)}
    </div>
  );
}
