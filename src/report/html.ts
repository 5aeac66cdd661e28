/**
 * The report as one HTML file that needs nothing else: tables, figures, what was trained and how sure the difference is.
 * It loads nothing and runs nothing; names from files and recipes are escaped.
 */
import { certainty } from './certainty.ts';
import type { Figure } from './figure.ts';
import { fontFace } from './font.ts';
import { intervalText, signed } from './numberText.ts';
import { selectionText, type Study } from './study.ts';
import { figureSvg } from './svg.ts';
import { markup, tableHtml, type Table } from './table.ts';
import { differenceOf } from './tables.ts';

const style = `
:root{color-scheme:light dark;--ink:#14191f;--ink2:#626c77;--line:#dee2e6;--page:#f4f5f7;--paper:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf0;--ink2:#8d97a2;--line:#2b3239;--page:#0e1114;--paper:#15191d}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:14px/1.5 'InMerge Sans',system-ui,sans-serif;font-variant-numeric:tabular-nums lining-nums}
main{max-width:60rem;margin:0 auto;padding:32px 24px 64px}h1{font-size:24px;font-weight:600;margin:0 0 4px}h2{font-size:16px;font-weight:600;margin:0 0 8px}
section,figure,details{margin:24px 0 0;padding:16px;background:var(--paper);border:1px solid var(--line);border-radius:6px}
.lead{font-size:20px;margin:0}.note+.lead{margin-top:16px}.note,.sub,figcaption{color:var(--ink2);margin:8px 0 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;white-space:nowrap}th,td{padding:4px 16px 4px 0;text-align:left;font-weight:400}
thead th{border-bottom:1px solid var(--line);color:var(--ink2)}tfoot tr:first-child>*{border-top:1px solid var(--line)}.num{text-align:right}
figure svg{max-width:100%;height:auto;display:block;border-radius:3px}dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:0}dt{color:var(--ink2)}dd{margin:0;overflow-wrap:anywhere}
pre{overflow-x:auto;font-size:12px;margin:8px 0 0}
@media print{body{background:#fff}section,figure,details{break-inside:avoid}}`;

export function reportHtml(study: Study, tables: readonly Table[], figures: readonly Figure[], build: string): string {
  const { recipe, results } = study;
  const title = `${results.record.datasetTitle}, ${recipe.name}`;
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    // Should an escape ever be missing, this still keeps anything from running or loading.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:">\n`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    `<title>${markup(title)}</title>\n<style>${fontFace}${style}</style>\n</head>\n<body>\n<main>\n`,
    `<h1>${markup(title)}</h1>\n<p class="sub">${markup(selectionText(study))}</p>\n`,
    headline(study),
    tables.map(tableHtml).join(''),
    figures.map((figure) => `<figure>${figureSvg(figure, '')}</figure>\n`).join(''),
    madeWith(study, build),
    `<details><summary>Recipe</summary><pre>${markup(JSON.stringify(recipe, null, 2))}</pre></details>\n`,
    '</main>\n</body>\n</html>\n',
  ].join('');
}

function headline(whole: Study): string {
  const lines = whole.bases.flatMap(({ study, title }) => differences(study, title === '' ? '' : `${title}: `));
  const split = whole.split === 'test' ? 'Test' : 'Validation';
  if (lines.length === 0)
    return `<section><p class="lead">No seed has two arms complete, so there is nothing to compare.</p></section>\n`;
  return `<section aria-label="Difference"><h2>${split} accuracy, difference of the arms</h2>\n${lines.join('')}</section>\n`;
}

function differences(study: Study, before: string): string[] {
  return study.arms.flatMap((arm) => {
    const found = differenceOf(study, arm);
    if (found === null || study.baseline === null) return [];
    const interval = found.interval === null ? '' : ` ${intervalText(found.interval, 100, 2)}, 95 % CI`;
    const seeds = found.n === 1 ? '1 seed' : `${found.n} seeds`;
    return [
      `<p class="lead">${markup(`${before}${arm.title} − ${study.baseline.title}: ${signed(found.mean * 100, 2)} pp${interval}, ${seeds}`)}</p>\n<p class="note">${markup(`${certainty(found)} Ahead in ${found.wins}, behind in ${found.losses}, even in ${found.ties}.`)}</p>\n`,
    ];
  });
}

function madeWith(study: Study, build: string): string {
  const { recipe, results, started } = study;
  const { record } = results;
  const rows: (readonly [string, string])[] = [
    ['Dataset', record.datasetTitle],
    ['SHA-256', recipe.dataset.sha256 ?? 'not named'],
    ...study.bases.flatMap(({ base: { network, start }, study: { started: own } }): [string, string][] => [
      ['Network', `${network.name}${network.batchNorm ? ' with batch norm' : ''}, width × ${network.widthMultiplier}`],
      ...(start.from === 'file'
        ? [['Start weights', `${start.name}, SHA-256 ${start.sha256 ?? 'not named'}`] as [string, string]]
        : []),
      ['Parameters', own === null ? '–' : own.trainableParameters.toLocaleString('en')],
    ]),
    ['Training images', started === null ? '–' : started.trainImages.toLocaleString('en')],
    ['Epochs', `${recipe.backbone.epochs} of the backbone, then ${recipe.finetune.epochs} of every arm`],
    ['Seeds', recipe.seeds.join(', ')],
    ['State', record.state === 'finished' ? 'finished' : `interrupted, ${Math.round(record.fraction * 100)} % done`],
    ['Report by', build],
  ];
  return `<section><h2>Made with</h2>\n<dl>${rows.map(([name, value]) => `<dt>${markup(name)}</dt><dd>${markup(value)}</dd>`).join('')}</dl></section>\n`;
}
