"""Rules in plain Chinese, as a citizen or an official reads them."""

from decimal import Decimal

from kernel.disability import Category
from kernel.rule_values import UNITS, RuleValue

WORDS = {
    **{category.value: category.zh for category in Category},
    **{str(grade): f"{zh}级" for grade, zh in enumerate("一二三四五六", start=1)},
    "C": "C级",
    "D": "D级",
    "appraisal_grade": "伤残鉴定",
    "yes": "具备",
    "danger_grade": "危房鉴定",
    "works_begun": "开工",
    "works_accepted": "竣工验收",
    "relief_card": "特困医疗救助证",
    "dibao": "低保家庭",
    "dibao_edge": "低保边缘家庭",
    "extreme_poverty": "特困供养家庭",
    "hardship": "困难家庭",
    "multiple_disabled": "一户多残家庭",
    "old_carer": "以老养残家庭",
    "poverty_monitored": "三类监测对象家庭",
    "severe_hardship": "困难重度残疾人家庭",
    "zero_employment": "零就业家庭",
    "grade_1": "一级",
    "grade_2": "二级",
    "grade_1_other": "其他一级",
    "grade_2_other": "其他二级",
    "grade_3_mental": "三级智力、精神",
    "mild_mental": "三、四级智力、精神",
    "holder": "持证人",
    "men": "男性",
    "women": "女性",
    "resident": "城乡居民",
    "flexible_employment": "灵活就业",
    "own_premium": "自缴",
    "waived": "免缴",
    "labour_loss": "丧失劳动能力",
    "insurance": "基本医疗保险",
    "outpatient": "门诊保险",
    "treatment": "就医费用",
    "patient": "精神残疾人",
    "vehicle": "机动轮椅车",
    "higher": "高等教育",
    "secondary_vocational": "中等职业教育",
    "repair": "危房改造",
    "spring_festival": "春节",
    "disability_day": "全国助残日",
    "summer": "夏季",
    "shoes": "鞋",
    "clothing": "衣物",
    "bedding": "被褥",
    "food": "食品",
    "study": "学习用品",
    "tax": "税",
    "fee": "费",
    "aid": "个案帮扶",
    "boarding": "寄宿制",
    "day": "日间照料",
    "home": "居家",
    "month": "按月",
    "quarter": "按季",
    "year": "按年",
    "once": "一次性",
    "once_household": "每户一次",
    "occasion": "按次",
    "yuan_down": "舍去元以下",
    "office": "由残联受理审定",
    "rehab.care": "由托养服务登记产生",
    "rehab.psych_drug": "由药费补助登记产生",
    "central": "中央资金",
    "province": "省级资金",
    "city": "市级资金",
    "superior": "上级资金",
    "county": "县级配套",
    "special": "专项资金",
    "card": "打卡发放到本人",
    "institution": "拨付给经办机构",
    "recorded": "登记在册，不发放现金",
    "fixed": "定额",
    "by_mode": "按服务方式定额",
    "by_education": "按教育阶段定额",
    "by_attendance": "按出勤天数",
    "share_of_dibao": "按低保标准的比例",
    "actual_cost_capped": "据实补助，设上限",
    "stack": "可同时享受",
    "excluded": "不可同时享受",
    "choose_higher": "择高享受",
    "this_month": "从当月起",
    "next_month": "从次月起",
    "keep": "照常发放",
    "without_gap": "不间断",
    "ask": "联系本人后办理",
    "next_bears": "由其后的资金来源承担",
    "refused": "不予编制发放名单",
    "hand_in": "自递交申请当月",
    "decision": "自审定当月",
    "admission": "录取通知书编号",
    "urban": "城市低保标准",
    "rural": "农村低保标准",
}
"""Words of the rule files; a word that is not here is shown as it is written."""

_PER = {
    "yuan_per_person_year": "每人每年",
    "yuan_per_person_month": "每人每月",
    "yuan_per_person_day": "每人每天",
    "yuan_per_vehicle_year": "每车每年",
    "yuan_per_person": "每人",
    "yuan_per_household": "每户",
}
_COUNTED = {"years": "周岁", "months": "个月", "days": "天", "working_days": "个工作日", "count": ""}


def said(rule: RuleValue) -> str:
    """The value of a rule in force, in Chinese, with its unit."""
    match UNITS[rule.unit]:
        case "texts":
            text = "、".join(WORDS.get(word, word) for word in rule.texts) or "无"
        case "switch":
            text = "是" if rule.switch else "否"
        case "ratio":
            percent = rule.ratio * 100
            text = f"{(Decimal(percent.numerator) / percent.denominator).normalize():f}%"
        case "text":
            text = WORDS.get(rule.text, rule.text)
        case "integer":
            text = f"{rule.integer}{_COUNTED[rule.unit]}"
        case "money":
            text = f"{_PER.get(rule.unit, '')}{rule.money}元"
    return text


def step(rule: RuleValue, outcome: str) -> dict[str, str]:
    """What a decision keeps of one rule: its trace, and a sentence for the citizen.

    outcome: what followed from it, in Chinese.
    """
    doubt = "，待确认" if rule.certainty == "assumed" else ""
    title = rule.title or rule.key
    return rule.trace() | {"zh": f"{title}：{said(rule)}。{outcome}（依据：{rule.document}{doubt}）"}
