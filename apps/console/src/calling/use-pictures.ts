import { Features, type Call, type MediaStatsReportSample } from '@dialplane/calling';
import { useEffect, useState } from 'react';
import { picturesOf, type ArrivingPicture } from './media-quality.ts';

export type { ArrivingPicture };

/** How each remote picture arrives, by the id of its stream, once a second. */
export function usePictures(call: Call): ReadonlyMap<string, ArrivingPicture> {
  const [pictures, setPictures] = useState<ReadonlyMap<string, ArrivingPicture>>(new Map());
  useEffect(() => {
    const collector = call.feature(Features.MediaStats).createCollector();
    const take = (sample: MediaStatsReportSample): void => setPictures(picturesOf(sample));
    collector.on('sampleReported', take);
    return () => {
      collector.off('sampleReported', take);
      collector.dispose();
    };
  }, [call]);
  return pictures;
}
