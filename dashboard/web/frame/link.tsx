import type { ReactNode } from 'react';
import { goTo } from './route.ts';

/** A link inside the page. */
export function Link({
  to,
  children,
  className,
  current,
  title,
}: {
  to: string;
  children: ReactNode;
  className?: string;
  current?: boolean;
  title?: string;
}) {
  return (
    <a
      href={to}
      className={className}
      title={title}
      aria-current={current ? 'page' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        goTo(to);
      }}
    >
      {children}
    </a>
  );
}
