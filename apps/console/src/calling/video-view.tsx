import { VideoStreamRenderer, type LocalVideoStream, type RemoteVideoStream } from '@dialplane/calling';
import { makeStyles, mergeClasses } from '@fluentui/react-components';
import { useEffect, useRef, type ReactNode } from 'react';

const useStyles = makeStyles({
  place: { width: '100%', height: '100%', overflow: 'hidden', display: 'grid', '& > *': { width: '100% !important', height: '100% !important', minWidth: 0, minHeight: 0 } },
});

interface VideoViewProps {
  readonly stream: LocalVideoStream | RemoteVideoStream;
  readonly scalingMode: 'Crop' | 'Fit';
  readonly isMirrored?: boolean;
  readonly label: string;
  readonly className?: string;
  readonly onFailure?: (error: unknown) => void;
}

/** Shows a stream. It fills its place; `Crop` cuts what does not fit, `Fit` leaves bars. */
export function VideoView({ stream, scalingMode, isMirrored = false, label, className, onFailure }: VideoViewProps): ReactNode {
  const styles = useStyles();
  const place = useRef<HTMLDivElement>(null);
  const handleFailure = useRef(onFailure);
  useEffect(() => {
    handleFailure.current = onFailure;
  });
  useEffect(() => {
    const renderer = new VideoStreamRenderer(stream);
    const abort = new AbortController();
    renderer.createView({ scalingMode, isMirrored }).then(
      (view) => (abort.signal.aborted ? view.dispose() : place.current?.replaceChildren(view.target)),
      (error: unknown) => (abort.signal.aborted ? undefined : handleFailure.current?.(error)),
    );
    return () => {
      abort.abort();
      renderer.dispose();
    };
  }, [stream, scalingMode, isMirrored]);
  return <div ref={place} role="img" aria-label={label} className={mergeClasses(styles.place, className)} />;
}
