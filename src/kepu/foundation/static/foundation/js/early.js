// Before the first paint: with script the desk's menu folds on narrow screens, and folding it later would make the page jump.
document.documentElement.setAttribute("data-script", "on");
