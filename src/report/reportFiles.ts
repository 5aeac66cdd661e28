/**
 * Everything a report consists of, as files: `report.html`, tables (CSV, LaTeX), figures (SVG, pgfplots), numbers (JSON,
 * NumPy), the recipe, and the PyTorch script. The page saves them one by one; the command line and the bundle all at once.
 */
import { runName, type RunKey } from '../experiment/events.ts';
import { runsOf } from '../experiment/plan.ts';
import { figureSvg } from './svg.ts';
import { figurePgfplots } from './pgfplots.ts';
import { figuresOf, plainCurves, type CurveStyle } from './figures.ts';
import { fontFace } from './font.ts';
import { reportHtml } from './html.ts';
import { metricsCsv } from './metricsCsv.ts';
import { resultsNpz } from './npz.ts';
import { repeatScript } from './repeatScript.ts';
import { encoded, type ReportFile } from './reportFile.ts';
import type { Study } from './study.ts';
import { summaryJson } from './summaryJson.ts';
import { tableCsv, tableLatex } from './table.ts';
import { tablesOf } from './tablesOf.ts';

const file = (path: string, type: string, text: string): ReportFile => ({ path, type, pieces: encoded(text) });

export function reportFiles(study: Study, build: string, style: CurveStyle = plainCurves): ReportFile[] {
  const tables = tablesOf(study);
  const figures = figuresOf(study, style);
  const script = repeatScript(study);
  return [
    file('report.html', 'text/html', reportHtml(study, tables, figures, build)),
    file('report.json', 'application/json', summaryJson(study)),
    file('metrics.csv', 'text/csv', metricsCsv(recorded(study))),
    { path: 'results.npz', type: 'application/octet-stream', pieces: resultsNpz(study) },
    file('recipe.json', 'application/json', `${JSON.stringify(study.recipe, null, 2)}\n`),
    ...(script === null ? [] : [file('repeat.py', 'text/x-python', script)]),
    ...tables.flatMap((table) => [
      file(`tables/${table.id}.csv`, 'text/csv', tableCsv(table)),
      file(`tables/${table.id}.tex`, 'application/x-tex', tableLatex(table)),
    ]),
    ...figures.flatMap((figure) => [
      file(`figures/${figure.id}.svg`, 'image/svg+xml', figureSvg(figure, fontFace)),
      file(`figures/${figure.id}.tex`, 'application/x-tex', figurePgfplots(figure)),
    ]),
  ];
}

/** Of all bases, in the order in which a plan has the runs. */
function recorded({ recipe, results: { history } }: Study) {
  const order = new Map(runsOf(recipe).map((run, at) => [runName(run), at]));
  const place = ({ run }: { readonly run: RunKey }) => order.get(runName(run)) ?? -1;
  const epochs = history.flatMap((event) => (event.at === 'epoch' ? [event] : [])).toSorted((a, b) => place(a) - place(b));
  const results = history.flatMap((event) => (event.at === 'result' ? [event] : [])).toSorted((a, b) => place(a) - place(b));
  return { epochs, results };
}
