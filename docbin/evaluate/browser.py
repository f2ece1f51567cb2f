"""What the report brings to the browser: its style, and tables that sort."""

__all__ = ["SCRIPT", "STYLE"]

STYLE = """
:root{--line:#d9d9d9;--soft:#f5f5f2;--text:#1d1d1b;--quiet:#66665f}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;color:var(--text);max-width:1560px;margin:0 auto;
padding:24px}
h1{font-size:26px;margin:0 0 4px}h2{font-size:19px;margin:36px 0 8px}
h3{font-size:16px;margin:0 0 6px}
p,li{color:var(--quiet);margin:4px 0}ul{padding-left:18px}
.wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;
font-size:13.5px}
th,td{padding:5px 8px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:nth-child(-n+2),td:nth-child(-n+2){text-align:left}
th{cursor:pointer;background:var(--soft);position:sticky;top:0;user-select:none}
th:hover,th:focus{text-decoration:underline}
th[aria-sort=ascending]::after{content:" \\2191"}th[aria-sort=descending]::after{content:" \\2193"}
td small{color:var(--quiet)}a{color:#0072b2}
section{border-top:2px solid var(--line);padding:18px 0}
.grid{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:12px}
figure{margin:0}figure img{width:100%;border:1px solid var(--line);display:block;background:#fff}
figcaption{font-size:13px;color:var(--quiet);margin-bottom:3px}
.note{color:#8a3d00}.key{display:inline-block;width:12px;height:12px;margin:0 4px -1px 12px}
svg{display:block;max-width:100%;height:auto;margin:6px 0 14px}
svg text{font:12px system-ui,sans-serif;fill:#1d1d1b}
@media(max-width:700px){.grid{grid-template-columns:1fr}}
"""

SCRIPT = """
for (const table of document.querySelectorAll("table.sortable")) {
  table.tHead.querySelectorAll("th").forEach((heading, column) => {
    const sort = () => {
      const was = heading.getAttribute("aria-sort");
      const first = heading.dataset.first || "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = was === first ? other : first;
      table.tHead.querySelectorAll("th").forEach(h => h.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", order);
      const key = row => row.cells[column].dataset.value ?? row.cells[column].textContent;
      const sign = order === "ascending" ? 1 : -1;
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => {
        const x = key(a), y = key(b), m = Number(x), n = Number(y);
        if (x === "" || y === "") return (x === "") - (y === "");
        const both = !Number.isNaN(m) && !Number.isNaN(n);
        return sign * (both ? m - n || 0 : x.localeCompare(y, "en", {numeric: true}));
      });
      table.tBodies[0].append(...rows);
    };
    heading.tabIndex = 0;
    heading.addEventListener("click", sort);
    heading.addEventListener("keydown", event => { if (event.key === "Enter") sort(); });
  });
}
"""
