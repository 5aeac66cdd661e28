/** Robustness of the shown experiment: measured on demand, then each corruption's error or rise by arm, and the difference. */
import { useState } from 'react';
import { robustnessCsv } from '../../report/robustness.ts';
import { armTitle } from '../../recipe/arms.ts';
import { comparedRobustness, corruptionTitle, errorNote, measuredArms, severitiesAtSide } from '../../store/robustnessView.ts';
import { isRunning } from '../../store/status.ts';
import { integer, percent, plural } from '../numbers.ts';
import { Panel } from '../parts/Panel.tsx';
import { fileStem, saveFile } from '../parts/saveFile.ts';
import { ProgressLine } from '../rail/ProgressLine.tsx';
import { Segments } from '../parts/Segments.tsx';
import { useActions, useStudio } from '../studioContext.ts';
import { RobustnessTable, type Measure } from './RobustnessTable.tsx';
import '../styles/robustness.css';

export default function RobustnessPanel() {
  const robustness = useStudio((state) => state.robustness);
  const measuring = useStudio((state) => state.measuring);
  const running = useStudio((state) => isRunning(state.status));
  const recipe = useStudio((state) => state.record?.started.recipe ?? null);
  const task = useStudio((state) => state.record?.testSplit?.task ?? null);
  const base = useStudio((state) => state.record?.base ?? null);
  const { measureRobustness, cancelRobustness } = useActions();
  const [measure, setMeasure] = useState<Measure>('error');
  const [chosen, setChosen] = useState<string | null>(null);
  if (recipe === null) return null;
  const arms = robustness === null ? [] : measuredArms(robustness, recipe);
  const arm = chosen !== null && arms.includes(chosen) ? chosen : (arms[0] ?? null);
  const again = (
    <button type="button" className="btn btn-28" disabled={running} onClick={measureRobustness}>
      {robustness === null ? 'Measure robustness' : 'Measure again'}
    </button>
  );
  return (
    <Panel
      title="Robustness"
      scope="balanced error on corrupted test images"
      className="robustness"
      testId="robustness"
      end={
        robustness === null || measuring !== null ? undefined : (
          <>
            {arms.length > 1 && (
              <select aria-label="Arm set against Baseline" value={arm ?? ''} onChange={(event) => setChosen(event.target.value)}>
                {arms.map((name) => (
                  <option key={name} value={name}>
                    {armTitle(name)}
                  </option>
                ))}
              </select>
            )}
            <Segments
              label="What the table shows"
              options={[
                { value: 'error', label: 'Error' },
                { value: 'rise', label: 'Rise over clean' },
              ]}
              value={measure}
              onChange={setMeasure}
            />
            <button
              type="button"
              className="link"
              onClick={() => saveFile(`${fileStem(recipe.name)}-robustness.csv`, 'text/csv', [robustnessCsv(robustness)])}
            >
              Save CSV
            </button>
          </>
        )
      }
    >
      {measuring !== null ? (
        <div className="panel-body robustness-progress">
          <ProgressLine
            label={
              measuring.corruption === null
                ? 'Images as they are'
                : `${corruptionTitle(measuring.corruption)}, severity ${measuring.severity} of 5`
            }
            fraction={measuring.fraction}
            end={percent(measuring.fraction, 0)}
          />
          <button type="button" className="btn btn-28" onClick={cancelRobustness}>
            Cancel
          </button>
        </div>
      ) : robustness === null ? (
        <div className="panel-body robustness-ask">
          <p>
            How much does the error rise where images are noisy, blurred, dark or compressed? Both arms see the same test images,
            changed as in MedMNIST-C, at five severities each.
          </p>
          {again}
        </div>
      ) : (
        <>
          <RobustnessTable table={comparedRobustness(robustness, recipe, arm, base)} measure={measure} />
          <div className="panel-body robustness-notes">
            <p>
              {plural(robustness.runs.length, 'network')}, {integer(robustness.images)} test images. Balanced error: 1 minus the
              mean share recognised of each class. {errorNote(task)} Severities are MedMNIST-C’s{' '}
              {robustness.source === 'general' ? 'usual ones' : `for ${robustness.source}`}.
            </p>
            {Math.max(robustness.height, robustness.width) < severitiesAtSide && (
              <p>
                They were chosen for {severitiesAtSide} × {severitiesAtSide} px. These images have {robustness.width} ×{' '}
                {robustness.height} px, where the same blur or pixelation weighs far more: compare the arms, not with published
                scores.
              </p>
            )}
            {again}
          </div>
        </>
      )}
    </Panel>
  );
}
