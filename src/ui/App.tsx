/** The frame: top bar, recipe rail, tabs, the screen of the chosen tab, and the foot. Files drop anywhere on it. */
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { DataView } from './data/DataView.tsx';
import { DropCurtain } from './frame/DropCurtain.tsx';
import { Foot } from './frame/Foot.tsx';
import { Notices } from './frame/Notices.tsx';
import { ScreenGuard } from './frame/ScreenGuard.tsx';
import { Tabs } from './frame/Tabs.tsx';
import { TopBar } from './frame/TopBar.tsx';
import { useKeys } from './frame/useKeys.ts';
import { MergesView } from './merges/MergesView.tsx';
import { PredictionsView } from './predictions/PredictionsView.tsx';
import { PageContext } from './pageContext.ts';
import { Rail } from './rail/Rail.tsx';
import { useActions, useStudio } from './studioContext.ts';
import { FileInput } from './parts/FileInput.tsx';

export type OpenDialog = keyof typeof dialogs | null;

const loadCompare = () => import('./compare/CompareView.tsx');
const CompareView = lazy(async () => ({ default: (await loadCompare()).CompareView }));
const KernelsView = lazy(() => import('./kernels/KernelsView.tsx').then((file) => ({ default: file.KernelsView })));
const ResultsView = lazy(() => import('./results/ResultsView.tsx').then((file) => ({ default: file.ResultsView })));

const loadStop = () => import('./frame/StopDialog.tsx');
const dialogs = {
  keys: lazy(async () => ({ default: (await import('./frame/KeyList.tsx')).KeyList })),
  json: lazy(async () => ({ default: (await import('./rail/RecipeJson.tsx')).RecipeJson })),
  stop: lazy(async () => ({ default: (await loadStop()).StopDialog })),
  export: lazy(() => import('./export/ExportDialog.tsx')),
  share: lazy(() => import('./export/ShareDialog.tsx')),
  speed: lazy(() => import('./bench/SpeedDialog.tsx')),
  merging: lazy(() => import('./data/AboutMerging.tsx')),
} as const;

const preloadMs = 500;

const screens = {
  data: DataView,
  compare: CompareView,
  kernels: KernelsView,
  merges: MergesView,
  results: ResultsView,
  predictions: PredictionsView,
} as const;

/** The same elements at every draw: another tab leaves them as they are. */
const top = <TopBar />;
const rail = <Rail />;
const foot = <Foot />;

export function App() {
  const tab = useStudio((state) => state.tab);
  const { openFile } = useActions();
  const picker = useRef<HTMLInputElement>(null);
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const chooseFile = useCallback(() => picker.current?.click(), []);
  const page = useMemo(() => ({ chooseFile, setDialog }), [chooseFile]);
  const hasData = useStudio((state) => state.dataset !== null);
  useEffect(() => {
    // While nothing is at stake, ahead of the first run.
    if (hasData)
      setTimeout(
        () => void Promise.all([loadStop(), loadCompare().then((file) => file.loadCharts())]).catch(() => {}),
        preloadMs,
      );
  }, [hasData]);
  useKeys({ chooseFile, setDialog, dialogOpen: dialog !== null });
  const Screen = screens[tab];
  const Dialog = dialog === null ? null : dialogs[dialog];
  return (
    <PageContext value={page}>
      <div className="app">
        {top}
        {rail}
        <main className="main">
          <Tabs />
          <Notices />
          <div className="screen" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
            <ScreenGuard key={tab}>
              <Suspense fallback={null}>
                <Screen />
              </Suspense>
            </ScreenGuard>
          </div>
          {foot}
        </main>
      </div>
      <FileInput
        picker={picker}
        label="Dataset (.npz), recipe (.json), start weights (.safetensors) or results (.inmerge, .inmerge.zip)"
        testId="file"
        accept=".npz,.json,.inmerge,.zip,.safetensors"
        onFile={(file) => void openFile(file)}
      />
      <DropCurtain />
      {Dialog !== null && (
        <ScreenGuard key={dialog} dialog>
          <Suspense fallback={null}>
            <Dialog onClose={() => setDialog(null)} />
          </Suspense>
        </ScreenGuard>
      )}
    </PageContext>
  );
}
