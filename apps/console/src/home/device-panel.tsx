import { Button, Card, Field, makeStyles, MessageBar, MessageBarActions, MessageBarBody, Select, Text, tokens } from '@fluentui/react-components';
import { VideoRegular } from '@fluentui/react-icons/svg/video';
import { VideoOffRegular } from '@fluentui/react-icons/svg/video-off';
import type { ReactNode } from 'react';
import { useCalling } from '../calling/calling-context.tsx';
import { accessSentences } from '../calling/device-access.ts';
import { useCommand } from '../calling/use-command.ts';
import { VideoView } from '../calling/video-view.tsx';

const useStyles = makeStyles({
  card: { padding: '16px', display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: '14px', alignContent: 'start' },
  preview: { position: 'relative', aspectRatio: '16 / 9', borderRadius: tokens.borderRadiusLarge, overflow: 'hidden', backgroundColor: '#0d1416', color: '#dfe9ea', display: 'grid', placeItems: 'center' },
  select: { minWidth: 0, '& select': { textOverflow: 'ellipsis' } },
  button: { position: 'absolute', bottom: '10px', left: '50%', transform: 'translateX(-50%)', whiteSpace: 'nowrap' },
});

/** Camera preview and the choice of devices, as it is before a call. */
export function DevicePanel(): ReactNode {
  const styles = useStyles();
  const { devices } = useCalling();
  const run = useCommand();
  const isOn = devices.localVideo !== undefined;
  return (
    <Card className={styles.card}>
      <div className={styles.preview}>
        {devices.localVideo === undefined ? <Text style={{ color: 'inherit' }}>Camera is off</Text> : (
          <VideoView stream={devices.localVideo} scalingMode="Crop" isMirrored label="Your camera" />
        )}
        <Button className={styles.button} size="small" icon={isOn ? <VideoOffRegular /> : <VideoRegular />} onClick={() => (isOn ? devices.turnCameraOff() : run(devices.turnCameraOn))}>
          {isOn ? 'Turn off' : 'Preview'}
        </Button>
      </div>
      <DeviceProblem />
      <DevicePickers />
    </Card>
  );
}

/** What keeps the page from microphone or camera, with what to do. */
export function DeviceProblem(): ReactNode {
  const { devices } = useCalling();
  const run = useCommand();
  if (devices.problem === undefined) return null;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>{accessSentences[devices.problem]}</MessageBarBody>
      <MessageBarActions><Button size="small" onClick={() => run(() => devices.ask(true))}>Try again</Button></MessageBarActions>
    </MessageBar>
  );
}

interface PickerProps {
  readonly label: string;
  readonly items: ReadonlyArray<{ readonly id: string; readonly name: string }>;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => Promise<void>;
}

/** Camera, microphone and, where the browser lets pages choose it, speaker. */
export function DevicePickers(): ReactNode {
  const { devices } = useCalling();
  return (
    <>
      <Picker label="Camera" items={devices.cameras} chosen={devices.camera?.id} onChoose={devices.chooseCamera} />
      <Picker label="Microphone" items={devices.microphones} chosen={devices.microphone?.id} onChoose={devices.chooseMicrophone} />
      {devices.speakers.length === 0 ? null : <Picker label="Speaker" items={devices.speakers} chosen={devices.speaker?.id} onChoose={devices.chooseSpeaker} />}
    </>
  );
}

function Picker({ label, items, chosen, onChoose }: PickerProps): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  return (
    <Field label={label}>
      <Select className={styles.select} value={chosen ?? ''} disabled={items.length === 0} onChange={(_, { value }) => run(() => onChoose(value))}>
        {items.length === 0 ? <option value="">None found</option> : null}
        {items.map(({ id, name }, index) => <option key={id} value={id}>{name === '' ? `${label} ${index + 1} (named once you allow it)` : name}</option>)}
      </Select>
    </Field>
  );
}
