import { Command } from 'commander';
import { itemsOf } from '../../devices/city/items-of.ts';
import { listCities, loadCity } from '../../devices/city/load-city.ts';
import { citiesDir } from '../runtime.ts';
import { writeStandardsFile } from './standards.ts';

/** `yanshao city`: what lies under cities/, and whether it is sound. */
export function cityCommand(): Command {
  const command = new Command('city').description('城市数据 / city data');
  command
    .command('list')
    .description('列出各城市 / list the cities')
    .action(() => {
      for (const id of listCities(citiesDir)) console.log(id);
    });
  command
    .command('check')
    .argument('<id>')
    .description('检查一座城市的全部数据，一次列出所有错误 / check all data of a city and list every fault at once')
    .action(async (id: string) => {
      const { city, catalogue } = await loadCity(citiesDir, id);
      const items = itemsOf(catalogue);
      console.log(
        `${city.name.zh} / ${city.name.en}: ${items.length} 项 / items, ${items.flatMap((item) => item.rules).length} 条规则 / rules, ${catalogue.version}`,
      );
    });
  command
    .command('catalogue')
    .argument('<id>')
    .argument('<file>', '.xlsx 或 .yaml / or')
    .description('将城市文件夹中的标准目录导出为工作簿 / write the catalogue of a city’s folder as a workbook')
    .action(async (id: string, file: string) => {
      const { text } = await loadCity(citiesDir, id);
      await writeStandardsFile(file, text!);
    });
  return command;
}
