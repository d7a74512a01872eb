import './drills.css';

/** Says of what it stands beside that it is played, in both languages at once: nobody may take it for real. */
export function DrillMark({ drill }: { drill: string | undefined }) {
  if (drill === undefined) return null;
  return (
    <span className="drill-mark" title={drill}>
      <span lang="zh-CN">演练</span> <span lang="en">DRILL</span>
    </span>
  );
}

/** The class that lays the word over what is played; empty for what is real. */
export const drilled = (drill: string | undefined): string => (drill === undefined ? '' : ' drilled');
